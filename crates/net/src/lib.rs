//! Servers and clients on the loopback: listeners, line framing, ways to serve.
