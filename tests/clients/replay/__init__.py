"""Parts of the replay of newer QGIS versions: the requests one sends, and the filters one writes."""
