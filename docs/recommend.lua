-- About 200 requests a second: 20 connections, each of which waits 0.1 s before it asks again.
wrk.method = "POST"
wrk.path = "/v1/recommendations"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Api-Key"] = os.getenv("KEY")
wrk.body = '{"service":"shop"}'
function delay() return 99 end
function done(summary, latency, requests)
  io.write(string.format("p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms, errors %d\n", latency:percentile(50)/1000, latency:percentile(90)/1000, latency:percentile(99)/1000, latency:percentile(99.9)/1000, latency.max/1000, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
