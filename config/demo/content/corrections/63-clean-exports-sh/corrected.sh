#!/bin/bash
set -euo pipefail
: "${EXPORT_DIR:?says where the exports are}"

size() { du -sk -- "$EXPORT_DIR" | cut -f1; }

before=$(size)
find "$EXPORT_DIR" -type f -name '*.csv.gz' -mtime +30 -delete
find "$EXPORT_DIR" -mindepth 2 -maxdepth 2 -type d -name tmp -exec rm -rf -- {} +
echo "freed $((before - $(size))) kB"
