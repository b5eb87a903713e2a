"""Published models as exact limits of the one engine, each compared with printed or reproduced numbers."""
