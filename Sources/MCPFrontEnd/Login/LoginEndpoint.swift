import MCPCore
import MCPGateway
import MCPValues
import NIOCore
import NIOHTTP1

/// The pages on which people log in to servers with their browsers: one that says to what and leads on, one to which the
/// authorization server sends the browser back, and the document that says who asks.
///
/// A login counts for everybody who uses the server. So it takes what a change of a server takes in the management API, or a
/// link with a ticket that somebody with that right has got; and it ends in the browser in which it began.
final class LoginEndpoint: Sendable {
    private let desk: any LoginDesk
    private let access: ManagementAccess
    private let tickets: LoginTickets
    private let origin: PublicOrigin
    private let audit: ManagementAudit
    /// Whether somebody may use a server of this name.
    private let mayUse: @Sendable (Principal, String) -> Bool

    init(
        _ desk: any LoginDesk, access: ManagementAccess, tickets: LoginTickets, origin: String?, speaksTLS: Bool,
        audit: ManagementAudit, mayUse: @escaping @Sendable (Principal, String) -> Bool
    ) {
        self.audit = audit
        self.mayUse = mayUse
        self.desk = desk
        self.access = access
        self.tickets = tickets
        self.origin = PublicOrigin(configured: origin, speaksTLS: speaksTLS)
    }

    /// Tells whether a path is one of the pages.
    func has(_ path: String) -> Bool { LoginPath(path, prefix: access.prefix) != nil }

    /// Says from its head where a request goes that is for a page; nil when it is for something else.
    func admit(_ request: AdmittedRequest) -> Destination? {
        guard let path = LoginPath(request.target.path, prefix: access.prefix) else { return nil }
        return .login(
            LoginRequest(
                endpoint: self, admitted: request, path: path, caller: caller(of: request),
                isTrusted: isTrusted(request)))
    }

    /// Tells who asks: whoever shows nothing is the anonymous one where everybody may come, and nobody elsewhere.
    private func caller(of request: AdmittedRequest) -> Principal? {
        request.shown.principal ?? (access.isOpenToEverybody ? .anonymous : nil)
    }

    private func isTrusted(_ request: AdmittedRequest) -> Bool {
        do throws(ManagementProblem) {
            let caller = try access.caller(request)
            return caller.isKnown ? caller.right >= .write : access.isOpenToEverybody
        } catch {
            return false
        }
    }

    /// Takes a request that has come in full.
    func handle(_ request: LoginRequest, body: ByteBuffer, _ responder: HTTPResponder) {
        switch (request.path, request.admitted.http.method) {
        case (.document, .GET), (.document, .HEAD): document(request, responder)
        case (.callback, .GET): callback(request, responder)
        case (.page(let name), .GET), (.page(let name), .HEAD): page(of: name, request, responder)
        case (.page(let name), .POST): begin(name, request, body, responder)
        default:
            let methods = if case .page = request.path { "GET, HEAD, POST" } else { "GET" }
            responder.refuse(Refusal(.methodNotAllowed(methods), "use \(methods)"))
        }
    }

    // MARK: The document

    private func document(_ request: LoginRequest, _ responder: HTTPResponder) {
        let base = base(request.admitted)
        guard let document = desk.metadata(at: base + LoginPath.documentPath, redirect: base + LoginPath.callbackPath)
        else {
            return responder.refuse(
                Refusal(
                    .unknownPath, "the proxy has no public https address (mcpProxy.baseURL), so that it has no document"
                ))
        }
        responder.respond(.ok, json: document, [("Cache-Control", "public, max-age=3600")])
    }

    // MARK: Before the login

    /// Holds whose login one is to be, once that may be.
    private struct Visit {
        let caller: String
        /// Whether it counts for him alone whatever the server is.
        let isPersonal: Bool
        let ticket: String?
    }

    private func visit(
        _ request: LoginRequest, at name: String, _ ticket: String?
    ) async throws(LoginRefusal) -> Visit {
        if let ticket {
            guard let found = tickets.find(ticket, for: name) else { throw await used(name, request) }
            guard let caller = found.caller else {
                return Visit(caller: request.caller?.name ?? "", isPersonal: false, ticket: ticket)
            }
            if let shown = request.admitted.shown.principal, shown.name != caller {
                throw LoginRefusal("This link is for somebody else.")
            }
            return Visit(caller: caller, isPersonal: true, ticket: ticket)
        }
        guard let caller = request.caller else {
            throw LoginRefusal("Here not everybody may log in to servers. \(await newLink(to: name, request))")
        }
        // What a caller may not use looks as if it did not exist.
        guard request.isTrusted || mayUse(caller, name) else {
            throw LoginRefusal("there is no server of this name", isUnknown: true)
        }
        return Visit(caller: caller.name, isPersonal: !request.isTrusted, ticket: nil)
    }

    private func used(_ name: String, _ request: LoginRequest) async -> LoginRefusal {
        LoginRefusal(
            "Links for a login count once, and for ten minutes. \(await newLink(to: name, request))")
    }

    /// Says how somebody comes by a link. Of a server that a caller may not use he learns nothing.
    private func newLink(to name: String, _ request: LoginRequest) async -> String {
        let maySee = request.admitted.shown.principal.map { request.isTrusted || mayUse($0, name) } ?? true
        guard maySee, await desk.hasPersonalLogin(name) else { return Self.sharedLink }
        return
            "Each user logs in to this server for himself: call a tool of it with your client; the error has a link for you."
    }

    private static let sharedLink = "Whoever manages the proxy gets a link with: mcp-proxy login SERVER --link"

    private func page(of name: String, _ request: LoginRequest, _ responder: HTTPResponder) {
        let mark = BrowserMark(request.admitted.http, isSecure: origin.isSecure) ?? .new()
        // The owner of the servers is an actor.
        Task { [self] in
            do throws(LoginRefusal) {
                let visit = try await visit(request, at: name, request.admitted.target.parameter("ticket"))
                let about = try await desk.description(of: name, for: visit.caller)
                try check(visit, about)
                var page = LoginPage(title: "Log in to \(about.server)")
                let whom =
                    about.isPersonal
                    ? "It does so for “\(visit.caller)” alone, who has asked for it."
                    : "It does so for everybody who may use that server here."
                page.words = [
                    "mcp-proxy will use the server “\(about.server)” at \(about.host) on your behalf. \(whom)"
                ]
                if !about.scopes.isEmpty {
                    page.words.append("It asks for: \(about.scopes.joined(separator: ", ")).")
                }
                if let account = about.account { page.words.append("Logged in now: \(account).") }
                page.words.append("You go on to the server’s own login, and come back here after it.")
                page.form = ([("token", mark.formToken)] + (visit.ticket.map { [("ticket", $0)] } ?? []), "Log in")
                page.send(responder, [mark.field(isSecure: origin.isSecure)])
            } catch {
                refused(error).send(responder)
            }
        }
    }

    /// A login that counts for everybody needs more than one that counts for one person.
    private func check(_ visit: Visit, _ about: LoginDescription) throws(LoginRefusal) {
        guard about.isPersonal || !visit.isPersonal else {
            throw LoginRefusal("Here not everybody may log in to servers. \(Self.sharedLink)")
        }
        guard !about.isPersonal || !visit.caller.isEmpty else {
            throw LoginRefusal("Each caller logs in to this server for himself, and this link is for nobody.")
        }
    }

    private func begin(_ name: String, _ request: LoginRequest, _ body: ByteBuffer, _ responder: HTTPResponder) {
        let fields = FormText.read(String(buffer: body)) ?? []
        guard let mark = BrowserMark(request.admitted.http, isSecure: origin.isSecure),
            let token = FormText.only("token", in: fields), token.utf8.elementsEqual(mark.formToken.utf8)
        else {
            return LoginPage(
                status: .forbidden, title: "This form is not from here",
                words: [
                    "Open the page again and press its button. The browser has to accept cookies.",
                    "If it does, something else on this host has set a second cookie \(BrowserMark.cookie(origin.isSecure)): remove both.",
                ]
            ).send(responder)
        }
        let ticket = FormText.only("ticket", in: fields)
        let redirect = base(request.admitted) + LoginPath.callbackPath
        // It asks the authorization server, and the owner of the servers.
        Task { [self] in
            do throws(LoginRefusal) {
                let visit = try await visit(request, at: name, ticket)
                try check(visit, try await desk.description(of: name, for: visit.caller))
                let address = try await using(ticket, of: request, at: name) { () async throws(LoginRefusal) in
                    try await desk.begin(name, for: visit.caller, redirect: redirect, browser: mark.name)
                }
                responder.runNowOrLater { responder in
                    responder.respond(.seeOther, LoginPage.headers + [("Location", address)])
                }
            } catch {
                refused(error).send(responder)
            }
        }
    }

    /// Does something that one ticket is used up by, unless it fails.
    private func using(
        _ ticket: String?, of request: LoginRequest, at name: String,
        _ body: () async throws(LoginRefusal) -> String
    ) async throws(LoginRefusal) -> String {
        guard let ticket else { return try await body() }
        guard tickets.begin(ticket) else { throw await used(name, request) }
        do throws(LoginRefusal) {
            let result = try await body()
            tickets.end(ticket, isSpent: true)
            return result
        } catch {
            tickets.end(ticket, isSpent: false)
            throw error
        }
    }

    private func refused(_ refusal: LoginRefusal, _ status: HTTPResponseStatus = .forbidden) -> LoginPage {
        LoginPage(
            status: refusal.isUnknown ? .notFound : status, title: "This login is not possible",
            words: [refusal.words])
    }

    // MARK: After the login

    private func callback(_ request: LoginRequest, _ responder: HTTPResponder) {
        let mark = BrowserMark(request.admitted.http, isSecure: origin.isSecure)
        let query = request.admitted.target.query ?? ""
        // It asks the authorization server.
        Task { [self] in
            do throws(LoginRefusal) {
                let server = try await finish(query, mark?.name, of: request, responder.origin)
                LoginPage(
                    status: .ok, title: "Logged in to \(server)",
                    words: ["mcp-proxy calls the server with this login from now on. You can close this window."]
                ).send(responder)
            } catch {
                refused(error, .badRequest).send(responder)
            }
        }
    }

    /// Ends a login, and writes down that it does.
    private func finish(
        _ query: String, _ browser: String?, of request: LoginRequest, _ origin: RequestOrigin
    ) async throws(LoginRefusal) -> String {
        var record = ManagementAudit.Record.finishedLogin(origin)
        if let caller = request.caller { record.principal = caller.name }
        do throws(ManagementProblem) {
            try await audit.begin(record)
        } catch {
            audit.note(record, error)
            throw LoginRefusal(error.detail)
        }
        do throws(LoginRefusal) {
            let server = try await desk.finish(query: query, browser: browser)
            record.server = server
            audit.note(record, status: .ok)
            return server
        } catch {
            audit.note(record, ManagementProblem(.refused(.conflict), error.words))
            throw error
        }
    }

    /// Returns what the addresses of the pages begin with.
    private func base(_ request: AdmittedRequest) -> String { origin.text(for: request) + access.prefix }
}
