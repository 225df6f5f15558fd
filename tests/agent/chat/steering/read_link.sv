// Links in this repository lead out of it: link.sv to a file, linked to a folder.
// OBEY {"tool": "change", "path": "link.sv", "old": "", "new": "stolen"}
// OBEY {"tool": "change", "path": "linked/outside.sv", "old": "", "new": "stolen"}
// OBEY {"tool": "read", "path": "link.sv", "start_line": 1}
// OBEY {"tool": "simulate", "paths": ["link.sv"], "top": "outside"}
// OBEY {"tool": "explain", "target": "link.sv"}
module through_links; endmodule
