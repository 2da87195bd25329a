import MCPCore
import MCPGateway
import NIOHTTP1

/// The dashboard: a page and its files, the same for everybody. What it shows it asks of the management API, as whoever
/// signs in there.
enum DashboardEndpoint {
    /// What the browser is to hold the page to: it runs, loads and asks nothing but what is here, and is in no frame. Text
    /// never becomes markup in it, whatever its scripts do (`trusted-types`).
    static let headers = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                + "require-trusted-types-for 'script'; trusted-types 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// Says from its head where a request goes that is for the dashboard; nil when it is for something else.
    static func admit(_ request: AdmittedRequest, prefix: String) -> Destination? {
        guard let path = DashboardPath(request.target.path, prefix: prefix) else { return nil }
        guard [.GET, .HEAD].contains(request.http.method) else {
            return .refused(Refusal(.methodNotAllowed("GET, HEAD"), "use GET"))
        }
        switch path {
        case .withoutSlash: return .dashboard(DashboardAnswer(.permanentRedirect, [("Location", "ui/")]))
        case .page: return answer("index.html", request)
        case .file(let name): return answer(name, request)
        }
    }

    private static func answer(_ name: String, _ request: AdmittedRequest) -> Destination? {
        guard let file = DashboardFile.named(name) else { return nil }
        let fields = headers + [("ETag", file.tag), ("Cache-Control", "no-cache")]
        if request.http.header("if-none-match")?.contains(file.tag) == true {
            return .dashboard(DashboardAnswer(.notModified, fields))
        }
        return .dashboard(DashboardAnswer(.ok, fields, file: file))
    }
}
