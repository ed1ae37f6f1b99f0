// The scripts of every page. All pages work without them; they make things quicker.
import "./config.js";
import "./theme.js";
import "./frame.js";
import "./search.js";
import "./dialog.js";
import "./rows.js";
import "./forms.js";
import "./reader.js";
import "./passkey.js";
