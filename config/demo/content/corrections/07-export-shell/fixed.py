import logging
import subprocess
from pathlib import Path

logger = logging.getLogger(__name__)


def compress(export: Path) -> Path:
    """Compress a finished export in place; CalledProcessError if gzip could not."""
    target = export.with_name(export.name + ".gz")
    logger.info("compressing %s", export.name)
    subprocess.run(["/usr/bin/gzip", "-9", "--force", "--", export], check=True)
    return target
