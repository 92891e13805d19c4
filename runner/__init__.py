"""The commands behind `./run`: environment, embedded servers, process manager. No part of the hotline itself."""
