import Addresses
import MCPCore
import MCPUpstream

/// Who protects a server, and what is asked of its clients.
struct Protection: Sendable, Equatable {
    /// The name of what a token is for.
    let resource: String
    let server: AuthorizationServer
    /// What the resource says that there is; nil where it does not say.
    let scopesSupported: [String]?
}

/// Finds out who protects a server.
struct Discovery: Sendable {
    let settings: GrantSettings
    let requests: GrantRequests

    /// - Parameter challenge: What the server has asked for; nil where it has not been asked, or does not say.
    func protection(_ challenge: BearerChallenge?) async throws(GrantFailure) -> Protection {
        guard let resource = try await resource(challenge) else { return try await ownProtection() }
        let issuer = try issuer(among: resource.authorizationServers)
        return Protection(
            resource: resource.resource, server: try await authorizationServer(issuer),
            scopesSupported: resource.scopesSupported)
    }

    /// What the server says of who protects it, from the first place at which that stands
    /// ([Protected Resource Metadata Discovery, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#protected-resource-metadata-discovery-requirements)).
    private func resource(_ challenge: BearerChallenge?) async throws(GrantFailure) -> ResourceMetadata? {
        if let named = challenge?.resourceMetadata {
            // The words say what is not understood, and the error no more.
            guard let place = try? HTTPURL(named) else {
                throw GrantFailure(
                    .unusable, "the server has its metadata at \"\(PrintableText.make(named))\", which is no URL")
            }
            guard let (document, place) = try await requests.document(at: place) else {
                throw GrantFailure(.unusable, "the server has its metadata at \(place), where there is none")
            }
            return try ResourceMetadata(document, of: settings.address, from: place)
        }
        guard let (document, place) = try await document(atFirstOf: settings.address.placesOfResourceMetadata) else {
            return nil
        }
        return try ResourceMetadata(document, of: settings.address, from: place)
    }

    /// A document of the server's own; nil where it has none, whatever else it has there: it may know nothing of logins.
    private func document(atFirstOf places: [HTTPURL]) async throws(GrantFailure) -> (JSONText, from: HTTPURL)? {
        do throws(GrantFailure) {
            return try await requests.document(atFirstOf: places)
        } catch {
            guard error.kind == .noDocument else { throw error }
            return nil
        }
    }

    /// What protects a server of the revision 2025-03-26, which is its own authorization server
    /// ([Server Metadata Discovery, 2025-03-26](https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#23-server-metadata-discovery)).
    private func ownProtection() async throws(GrantFailure) -> Protection {
        let origin = HTTPURL(origin: settings.address.origin, target: "/")
        let place = origin.wellKnown("oauth-authorization-server")
        guard let (document, from) = try await document(atFirstOf: [place]) else {
            let tried = (settings.address.placesOfResourceMetadata + [place]).map(\.description)
            throw GrantFailure(
                .unprotected,
                "the server does not say who protects it: there is no document at \(tried.joined(separator: ", "))")
        }
        let issuer = document.root["issuer"]?.string
        let names = ["\(origin.origin)", "\(origin.origin)/"]
        return Protection(
            resource: settings.address.resourceIdentifier,
            server: try AuthorizationServer(
                document, of: names.first { $0 == issuer } ?? names[0], from: from, mayBeCalled: requests.mayBeCalled),
            scopesSupported: nil)
    }

    /// The one that knows the configured client, else the first that there is.
    private func issuer(among issuers: [String]) throws(GrantFailure) -> String {
        guard let configured = settings.client?.issuer else { return issuers[0] }
        guard let issuer = issuers.first(where: { $0.utf8.elementsEqual(configured.utf8) }) else {
            let named = issuers.map { "\"\(PrintableText.make($0))\"" }.joined(separator: ", ")
            throw GrantFailure(
                .unusable,
                "auth.clientID is for the issuer \"\(configured)\", and the server believes \(named): a client of one is not used with another one; correct auth.issuer, or register the client there"
            )
        }
        return issuer
    }

    /// What an authorization server says of itself, from the first place at which that stands.
    func authorizationServer(_ issuer: String) async throws(GrantFailure) -> AuthorizationServer {
        // The words say what is not understood, and the error no more.
        guard let url = try? HTTPURL(issuer), url.target == url.path, requests.mayBeCalled(url) else {
            throw GrantFailure(
                .unusable,
                "the server names the authorization server \"\(PrintableText.make(issuer))\", which is no https URL")
        }
        if let (document, from) = try await requests.document(atFirstOf: url.placesOfIssuerMetadata) {
            return try AuthorizationServer(document, of: issuer, from: from, mayBeCalled: requests.mayBeCalled)
        }
        let tried = url.placesOfIssuerMetadata.map(\.description).joined(separator: ", ")
        throw GrantFailure(
            .unusable, "the authorization server \(url) says nothing of itself: there is no document at \(tried)")
    }
}
