import Crypto
import MCPCore
import NIOHTTP1

/// Tells one browser from all others while somebody logs in: a cookie with a random name.
struct BrowserMark: Sendable, Equatable {
    let name: String

    /// Makes the mark of a browser which has none yet.
    static func new() -> BrowserMark { BrowserMark(name: RandomName.make()) }

    private init(name: String) {
        self.name = name
    }

    /// What a browser shows; nil where that is nothing, or could be two things.
    init?(_ request: HTTPRequestFields, isSecure: Bool) {
        let prefix = "\(Self.cookie(isSecure))="
        let values = request.head.headers["cookie"].flatMap { $0.split(separator: ";") }
            .map { $0.trimmingSpaces }.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        guard values.count == 1, values[0].utf8.count == RandomName.length,
            Base64.decodeURL(Array(values[0].utf8)) != nil
        else { return nil }
        name = values[0]
    }

    /// What a form of ours says, which no other page can know.
    var formToken: String { Base64.encodeURL(Array(SHA256.hash(data: Array("form \(name)".utf8)))) }

    /// Returns the field that gives it to a browser. Sent along by links from elsewhere, such as the authorization
    /// server's, and not by forms.
    func field(isSecure: Bool) -> (String, String) {
        let place = isSecure ? "; Secure" : ""
        return ("Set-Cookie", "\(Self.cookie(isSecure))=\(name); Path=/; Max-Age=900; HttpOnly; SameSite=Lax\(place)")
    }

    /// The prefix makes sure that no other host has set it.
    static func cookie(_ isSecure: Bool) -> String {
        isSecure ? "__Host-mcp-proxy-login" : "mcp-proxy-login"
    }
}
