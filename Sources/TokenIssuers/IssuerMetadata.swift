import AccessTokens
import Addresses
import MCPCore
import NIOCore

/// What an issuer says of itself ([RFC 8414](https://www.rfc-editor.org/rfc/rfc8414), OpenID Connect Discovery): where it
/// says so, and what of it counts.
struct IssuerMetadata: Sendable {
    let keysURL: HTTPURL

    /// - Throws: What is wrong with it. What another issuer says of itself is not believed.
    init(_ text: ByteBuffer, of issuer: IssuerSettings, from place: HTTPURL) throws(IssuerFailure) {
        let root: JSONView
        do throws(JSONError) {
            root = try JSONText(scanning: text, maximumDepth: 32).root
        } catch {
            throw IssuerFailure("\(place) is not JSON: \(error)")
        }
        guard let name = root["issuer"]?.string else { throw IssuerFailure("\(place) names no issuer") }
        guard issuer.rules.isNamed(name) else {
            throw IssuerFailure(
                "\(place) is of the issuer \"\(PrintableText.make(name))\"; write it in the configuration as it stands there"
            )
        }
        guard let keys = root["jwks_uri"]?.string else {
            throw IssuerFailure("\(place) has no jwks_uri; set jwksURL, or introspection if its tokens are opaque")
        }
        // The words say what is not understood, and the error no more.
        guard let url = try? HTTPURL(keys), Self.mayBeFetched(url, for: issuer.address) else {
            throw IssuerFailure(
                "\(place) has its keys at \"\(PrintableText.make(keys))\", which is no https URL")
        }
        keysURL = url
    }

    /// Without TLS whoever is on the way could sign tokens: only for issuers that are themselves on this machine.
    private static func mayBeFetched(_ url: HTTPURL, for issuer: HTTPURL) -> Bool {
        url.origin.scheme == .https || url.origin.isLoopback && issuer.origin.isLoopback
    }
}
