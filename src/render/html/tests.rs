//! What every page keeps to, checked without a browser.
