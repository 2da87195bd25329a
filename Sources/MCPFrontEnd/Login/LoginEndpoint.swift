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
    /// The origin under which browsers reach the proxy; nil where that is not configured, and what they have called counts.
    private let origin: String?
    private let isSecure: Bool

    init(
        _ desk: any LoginDesk, access: ManagementAccess, tickets: LoginTickets, origin: String?, speaksTLS: Bool
    ) {
        self.desk = desk
        self.access = access
        self.tickets = tickets
        self.origin = origin
        self.isSecure = origin.map { $0.hasPrefix("https:") } ?? speaksTLS
    }

    /// Whether a path is one of the pages.
    func has(_ path: String) -> Bool { LoginPath(path, prefix: access.prefix) != nil }

    /// Says from its head where a request goes that is for a page; nil when it is for something else.
    func admit(_ request: AdmittedRequest) -> Destination? {
        guard let path = LoginPath(request.target.path, prefix: access.prefix) else { return nil }
        return .login(
            LoginRequest(endpoint: self, admitted: request, path: path, isTrusted: isTrusted(request)))
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

    private func page(of name: String, _ request: LoginRequest, _ responder: HTTPResponder) {
        let ticket = request.admitted.target.parameter("ticket")
        guard request.isTrusted || ticket.map({ tickets.has($0, for: name) }) == true else {
            return stranger(hadTicket: ticket != nil).send(responder)
        }
        let mark = BrowserMark(request.admitted.http, isSecure: isSecure) ?? .new()
        // The owner of the servers is an actor.
        Task { [self] in
            do throws(LoginRefusal) {
                let about = try await desk.description(of: name)
                var page = LoginPage(status: .ok, title: "Log in to \(about.server)")
                page.words = [
                    "mcp-proxy will use the server “\(about.server)” at \(about.host) on your behalf, for everybody who may use that server here."
                ]
                if let account = about.account { page.words.append("Logged in now: \(account).") }
                page.words.append("You go on to the server’s own login, and come back here after it.")
                page.form = ([("token", mark.formToken)] + (ticket.map { [("ticket", $0)] } ?? []), "Log in")
                page.send(responder, [mark.field(isSecure: isSecure)])
            } catch {
                refused(error).send(responder)
            }
        }
    }

    private func begin(_ name: String, _ request: LoginRequest, _ body: ByteBuffer, _ responder: HTTPResponder) {
        let fields = FormText.read(String(buffer: body)) ?? []
        func value(_ name: String) -> String? {
            let values = fields.filter { $0.name == name }
            return values.count == 1 ? values[0].value : nil
        }
        guard let mark = BrowserMark(request.admitted.http, isSecure: isSecure),
            let token = value("token"), token.utf8.elementsEqual(mark.formToken.utf8)
        else {
            return LoginPage(
                status: .forbidden, title: "This form is not from here",
                words: ["Open the page again and press its button. The browser has to accept cookies."]
            ).send(responder)
        }
        let ticket = value("ticket")
        guard request.isTrusted || ticket.map({ tickets.has($0, for: name) }) == true else {
            return stranger(hadTicket: ticket != nil).send(responder)
        }
        let redirect = base(request.admitted) + LoginPath.callbackPath
        // It asks the authorization server, and the owner of the servers.
        Task { [self] in
            do throws(LoginRefusal) {
                let address = try await desk.begin(name, redirect: redirect, browser: mark.name)
                if let ticket { tickets.take(ticket) }
                responder.run { responder in
                    responder.respond(.seeOther, LoginPage.headers + [("Location", address)])
                }
            } catch {
                refused(error).send(responder)
            }
        }
    }

    private func stranger(hadTicket: Bool) -> LoginPage {
        LoginPage(
            status: .unauthorized, title: "This link does not open the login",
            words: [
                hadTicket
                    ? "Links for a login count once, and for ten minutes."
                    : "Here not everybody may log in to servers.",
                "Whoever manages the proxy gets a link with: mcp-proxy login SERVER --link",
            ])
    }

    private func refused(_ refusal: LoginRefusal) -> LoginPage {
        LoginPage(
            status: refusal.isUnknown ? .notFound : .badRequest, title: "This login is not possible",
            words: [refusal.words])
    }

    // MARK: After the login

    private func callback(_ request: LoginRequest, _ responder: HTTPResponder) {
        let mark = BrowserMark(request.admitted.http, isSecure: isSecure)
        let query = request.admitted.target.query ?? ""
        // It asks the authorization server.
        Task { [self] in
            do throws(LoginRefusal) {
                let server = try await desk.finish(query: query, browser: mark?.name)
                LoginPage(
                    status: .ok, title: "Logged in to \(server)",
                    words: ["mcp-proxy uses the server from now on. You can close this window."]
                ).send(responder)
            } catch {
                refused(error).send(responder)
            }
        }
    }

    /// What the addresses of the pages begin with.
    private func base(_ request: AdmittedRequest) -> String {
        if let origin { return origin + access.prefix }
        // Admission has found it to be a name of ours.
        let host = request.target.authority ?? request.http[.host] ?? "localhost"
        return "\(isSecure ? "https" : "http")://\(host.lowercased())\(access.prefix)"
    }
}
