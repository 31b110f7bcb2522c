"""Many clips: found, shared out over processes or a cluster, stored and summed up."""
