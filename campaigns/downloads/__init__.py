"""Files that visitors may take: posters, fact sheets, press kits."""
