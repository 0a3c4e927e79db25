"""Structure that is recovered of flat networks."""
