//! Kinds of files a plan is written as, and the writing into a file.
