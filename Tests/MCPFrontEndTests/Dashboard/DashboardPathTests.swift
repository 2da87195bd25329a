import Testing

@testable import MCPFrontEnd

/// Where the dashboard is found.
@Suite struct DashboardPathTests {
    @Test("It is found below the base URL, with and without its path")
    func paths() {
        for prefix in ["", "/base"] {
            for root in Set(["/ui", prefix + "/ui"]) {
                #expect(DashboardPath(root, prefix: prefix) == .withoutSlash)
                #expect(DashboardPath(root + "/", prefix: prefix) == .page)
                #expect(DashboardPath(root + "/main.js", prefix: prefix) == .file("main.js"))
            }
            for other in ["/", "/uix", "/x/ui/", "/u", "/UI/"] {
                #expect(DashboardPath(other, prefix: prefix) == nil, "\(other)")
            }
        }
    }
}
