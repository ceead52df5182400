"""Small widgets that know neither document nor frame."""
