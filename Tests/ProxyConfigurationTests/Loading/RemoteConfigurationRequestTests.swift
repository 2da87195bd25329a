import Testing

@testable import ProxyConfiguration

@Suite struct RemoteConfigurationRequestTests {
    private func problems(_ url: String, _ headers: String = "") -> [ConfigurationProblem] {
        do throws(ConfigurationError) {
            _ = try RemoteConfigurationRequest(url: url, headers: headers)
            return []
        } catch {
            return error.problems
        }
    }

    @Test("Headers are written with colons and semicolons, and may be given twice")
    func headers() throws {
        let request = try RemoteConfigurationRequest(
            url: "https://a/c.json", headers: "Authorization: Bearer x:y ; X-A:1;;X-A:2;")
        #expect(request.headers.map(\.name) == ["Authorization", "X-A", "X-A"])
        #expect(request.headers.map { $0.value.reveal() } == ["Bearer x:y", "1", "2"])
        #expect(try RemoteConfigurationRequest(url: "http://caddy/config.json").headers.isEmpty)
    }

    @Test(
        "An entry the Go program would drop is refused, and its value not shown",
        arguments: ["canary", "A:1;canary", "canary:", ":canary", "A b:canary", "A:canary\r\nB: c"])
    func badHeaders(text: String) {
        let found = problems("https://a", text)
        #expect(found.count == 1)
        #expect(found.first?.keyPath.hasPrefix("--http-headers[") == true)
        #expect(!"\(found)".contains("canary"))
    }

    @Test(
        "An address that cannot be used is refused, and not shown",
        arguments: ["https://u:canary@a/c.json", "https://", "ftp://canary", "http://a b/?canary"])
    func badURLs(url: String) {
        let found = problems(url)
        #expect(found.map(\.keyPath) == ["--config"])
        #expect(!"\(found)".contains("canary"))
    }

    @Test("All problems are reported at once")
    func allAtOnce() {
        #expect(problems("nope", "a;b").count == 3)
    }

    @Test(
        "A timeout of 0 or less means none",
        arguments: [(10, Duration.seconds(10)), (0, nil), (-1, nil)] as [(Int, Duration?)])
    func timeouts(seconds: Int, timeout: Duration?) throws {
        #expect(try RemoteConfigurationRequest(url: "https://a", timeoutSeconds: seconds).timeout == timeout)
    }

    @Test(
        "Only http and https addresses are remote",
        arguments: [
            ("http://a", true), ("HTTPS://a", true), ("config.json", false), ("ftp://a", false), ("http:/a", false),
        ])
    func remote(text: String, isRemote: Bool) {
        #expect(RemoteConfigurationRequest.isRemote(text) == isRemote)
    }

    @Test(
        "What may be secret in an address is not shown",
        arguments: [
            ("https://u:canary@a/c.json?t=canary#canary", "https://a/c.json"), ("https://a?canary", "https://a"),
            ("dir/c.json", "dir/c.json"),
            ("https://canary@canary@a/x@y", "https://a/x@y"),
        ])
    func display(text: String, shown: String) throws {
        #expect(RemoteConfigurationRequest.display(text) == shown)
        let request = try RemoteConfigurationRequest(url: "https://a/c?canary", headers: "A:canary")
        var printed = "\(request)" + String(reflecting: request)
        dump(request, to: &printed)
        #expect(!printed.contains("canary"))
    }
}
