"""The demo company Aria Infusion SAS: its people, its texts and its story of eighteen months, told through the verbs in simulated time."""
