"""Cards on a PC: any PC/SC reader (pyscard), and virtual cards on one (vpcd)."""
