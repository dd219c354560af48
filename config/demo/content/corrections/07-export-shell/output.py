import logging
import subprocess
from pathlib import Path

logger = logging.getLogger(__name__)


def compress(export: Path) -> Path:
    """Compress a finished export in place."""
    target = export.with_name(export.name + ".gz")
    logger.info("compressing %s", export.name)
    subprocess.run(
        f"gzip -9 --force {export}",
        shell=True,
    )
    return target
