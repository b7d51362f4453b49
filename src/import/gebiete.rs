//! `import gemeinde|ortsteile|dorferneuerung`: areas with a name from GeoJSON or GeoPackage.
