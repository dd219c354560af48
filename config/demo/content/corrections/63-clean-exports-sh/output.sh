#!/bin/bash
cd $EXPORT_DIR
before=`du -sk . | cut -f1`
find $EXPORT_DIR -name *.csv.gz -mtime 30 | xargs rm
rm -rf $EXPORT_DIR/*/tmp
after=`du -sk . | cut -f1`
echo freed $(($before - $after)) kB
