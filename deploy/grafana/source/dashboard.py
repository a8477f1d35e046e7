"""Dashboards from panels: places them, gives them their variables and links."""


def place(panels):
    """Lays panels out from left to right in 24 columns; a row's title takes a line of its own."""
    x = y = deepest = 0
    for number, panel in enumerate(panels, 1):
        spot = panel["gridPos"]
        if x + spot["w"] > 24 or panel["type"] == "row":
            x, y = 0, deepest
        spot["x"], spot["y"], panel["id"] = x, y, number
        x, deepest = x + spot["w"], max(deepest, y + spot["h"])
    return panels


def variable(name, label, query):
    """A choice of several label values, all of them at first."""
    return {
        "type": "query", "name": name, "label": label, "hide": 0, "skipUrlSync": False,
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "query": {"qryType": 1, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "refresh": 2, "regex": "", "sort": 1, "multi": True, "includeAll": True,
        "allValue": ".*", "current": {"selected": True, "text": ["All"], "value": ["$__all"]}, "options": [],
    }


VARIABLES = [
    {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "regex": "",
     "hide": 0, "skipUrlSync": False, "refresh": 1, "multi": False, "includeAll": False, "current": {
         "selected": False, "text": "default", "value": "default"}, "options": []},
    variable("job", "Job", "label_values(siprec_build_info, job)"),
    variable("instance", "Instance", 'label_values(siprec_build_info{job=~"$job"}, instance)'),
]

ANNOTATIONS = [
    {"builtIn": 1, "datasource": {"type": "grafana", "uid": "-- Grafana --"}, "enable": True, "hide": True,
     "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts", "type": "dashboard"},
]


def dashboard(uid, title, description, panels):
    return {
        "uid": uid, "title": title, "description": description, "tags": ["siprec"], "editable": True,
        "graphTooltip": 1, "schemaVersion": 39, "version": 1, "fiscalYearStartMonth": 0, "timezone": "browser",
        "refresh": "30s", "time": {"from": "now-1h", "to": "now"}, "timepicker": {}, "weekStart": "",
        "liveNow": False, "preload": False,
        "links": [{"type": "dashboards", "title": "SIPREC", "tags": ["siprec"], "asDropdown": True, "icon": "external link",
                   "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "", "url": ""}],
        "templating": {"list": VARIABLES}, "annotations": {"list": ANNOTATIONS}, "panels": place(panels),
    }
