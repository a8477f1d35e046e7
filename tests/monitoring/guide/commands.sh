# Commands that the guide prints, each a line.
curl http://localhost:8080/health
curl http://localhost:8080/health?detailed=true
curl http://localhost:8080/ready
curl http://localhost:8080/live
curl http://localhost:8080/metrics | grep sip_sessions
curl http://prometheus:9090/api/v1/targets
curl -s http://localhost:8080/metrics | grep -v "^#" | wc -l
