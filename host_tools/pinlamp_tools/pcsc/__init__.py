"""Cards on a PC: any reader of PC/SC (pyscard), and the virtual cards for it (vpcd)."""
