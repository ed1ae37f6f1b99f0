import htmx from "htmx.org/dist/htmx.esm.js";
Object.assign(htmx.config, { includeIndicatorStyles: false, allowEval: false, historyCacheSize: 0, refreshOnHistoryMiss: true });
