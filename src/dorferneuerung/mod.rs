//! Village-renewal areas.
