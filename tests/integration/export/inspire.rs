//! INSPIRE Planned Land Use.
