"""What happens when: the session, where frames are computed, playback and settings. QtCore only."""
