/// Why a text is not an address of an HTTP server. Never repeats the text, which may hold credentials.
package struct UpstreamURLError: Error, Sendable, Equatable {
    /// What is wrong with the text.
    package enum Code: Sendable, CaseIterable {
        case empty
        case scheme
        case credentials
        case fragment
        case host
        case ambiguousAddress
        case port
        case character
        case percentEncoding
    }

    package let code: Code

    init(_ code: Code) {
        self.code = code
    }
}

extension UpstreamURLError: CustomStringConvertible {
    /// A sentence for the person who wrote the address.
    package var description: String {
        switch code {
        case .empty: "The URL is empty."
        case .scheme: "The URL must begin with http:// or https://."
        case .credentials: "The URL must not hold a user name or password; put credentials into the headers."
        case .fragment: "The URL must not hold a fragment (#…), which is never sent to a server."
        case .host:
            "The URL's host must be a name of letters, digits, hyphens and dots (write other names in their xn-- "
                + "form), an IPv4 address, or an IPv6 address in brackets."
        case .ambiguousAddress:
            "The URL's host looks like a number but is not an IPv4 address of four decimal parts, such as 192.0.2.1."
        case .port: "The URL's port must be a number from 1 to 65535."
        case .character: "The URL holds a space, a quote or another character that must be percent-encoded."
        case .percentEncoding: "The URL holds a % that is not followed by two hexadecimal digits (write % as %25)."
        }
    }
}
