"""Abstract tests of OGC API standards, each a function named by the standard's own identifier."""
