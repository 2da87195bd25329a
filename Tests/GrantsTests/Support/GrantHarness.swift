import AccessTokens
import Addresses
import Crypto
import Logging
import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import NIOPosix
import Synchronization

@testable import Grants

/// A server on the scripted network, who protects it, and the grant with which the proxy calls it.
final class GrantHarness: Sendable {
    let web = ScriptedWeb()
    let storage = MemoryStorage()
    let log = LineLog()
    private let time = Mutex(Samples.now)
    /// What stands in files, by their paths.
    let files = Mutex<[String: String]>([:])
    let key = SymmetricKey(size: .bits256)

    /// - Parameter isProtected: Whether the server says who protects it.
    init(isProtected: Bool = true) {
        guard isProtected else { return }
        web.put(Samples.resource(), at: Samples.resourcePlace)
        web.put(Samples.metadata(), at: Samples.issuerPlace)
        web.put(Samples.token("first", refresh: "refresh-first"), at: Samples.tokenEndpoint)
        web.put(#"{"client_id":"registered"}"#, at: Samples.registration)
    }

    var now: UnixTime { time.withLock { $0 } }

    /// Both clocks go on.
    func pass(seconds: Int64) {
        time.withLock { $0 = UnixTime(milliseconds: $0.milliseconds + seconds * 1_000) }
    }

    private var uptime: NIODeadline {
        .uptimeNanoseconds(UInt64(now.milliseconds - Samples.now.milliseconds) * 1_000_000 + 1_000_000_000)
    }

    var surroundings: GrantSurroundings {
        var surroundings = GrantSurroundings(
            egress: HTTPEgress(), reach: .anywhere, eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            wall: { self.now },
            readFile: { (path) throws(GrantFailure) in
                guard let text = self.files.withLock({ $0[path] }) else { throw .file("\(path) is not there") }
                return text
            },
            outlivesRun: { !$0.hasPrefix("token ") }, logger: log.logger)
        surroundings.uptime = { self.uptime }
        surroundings.send = { [web] (call) async throws(UpstreamFailure) in try await web.send(call) }
        return surroundings
    }

    func settings(
        _ way: GrantSettings.Way = .discovered, address: String = Samples.server, scopes: [String] = [],
        client: GrantClient? = nil, document: String? = nil, isPersonal: Bool = false
    ) throws -> GrantSettings {
        var settings = GrantSettings(
            server: "docs", address: try HTTPURL(address), howToLogIn: "mcp-proxy login docs")
        (settings.way, settings.scopes, settings.client) = (way, scopes, client)
        (settings.metadataDocument, settings.isPersonal) = (document, isPersonal)
        return settings
    }

    func requests(for server: String = Samples.server) throws -> GrantRequests {
        GrantRequests(surroundings, for: try HTTPURL(server))
    }

    func shelf(key: SymmetricKey? = nil) -> GrantShelf {
        let key = key ?? self.key
        return GrantShelf(storage, key: { () throws(GrantStorageFailure) in key }, logger: log.logger)
    }

    func book() -> GrantBook { GrantBook(shelf()) }

    /// A grant that is held already, with what was kept.
    func grant(_ facts: GrantFacts? = nil, _ settings: GrantSettings? = nil) throws -> ServerGrant {
        let settings = try settings ?? self.settings()
        if let facts { try shelf().write(facts.json, as: GrantBook.file(of: settings.name, nil)) }
        return book().grant(settings, surroundings)
    }

    /// What is kept of the grant; nil for nothing.
    var kept: GrantFacts? { shelf().read(GrantBook.file(of: "docs", nil)).flatMap(GrantFacts.init) }
}

extension GrantHarness {
    /// The fields of the address to which a browser is sent.
    func fields(of address: String) throws -> [String: String] {
        let query = address.split(separator: "?", maxSplits: 1).last.map(String.init) ?? ""
        let fields = FormText.read(query) ?? []
        return Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0) and \($1)" })
    }

    /// Logs in as a person does, who says yes to everything.
    ///
    /// - Returns: What the authorization server was asked for.
    @discardableResult
    func logIn(to grant: ServerGrant, browser: String? = nil) async throws -> [String: String] {
        let address = try await grant.beginLogin(redirect: Samples.redirect, browser: browser)
        let asked = try fields(of: address)
        _ = try await grant.book.finishLogin(
            LoginAnswer(query: "code=code&state=\(asked["state"] ?? "")&iss=\(Samples.issuer)"),
            by: browser.map { .browser(mark: $0) } ?? .program)
        return asked
    }
}
