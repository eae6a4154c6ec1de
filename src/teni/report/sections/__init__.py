"""The sections of the page, one file each: what of a run it shows. ``page/sections`` lays them out."""
