//! WFS.
