/// Why a text is not an address of an HTTP server. Never repeats the text, which may hold credentials.
package struct HTTPURLError: Error, Sendable, Equatable {
    /// What is wrong with the text.
    package enum Code: Sendable, CaseIterable {
        case empty
        case length
        case scheme
        case credentials
        case fragment
        case noHost
        case host
        case ambiguousAddress
        case port
        case character
        case percentEncoding
    }

    package let code: Code

    package init(_ code: Code) {
        self.code = code
    }

    /// What is wrong, as a part of a sentence.
    package var problem: String {
        switch code {
        case .empty: "the address is empty"
        case .length: "the address is longer than \(HTTPURL.maximumLength) bytes"
        case .scheme: "the address does not begin with http:// or https://"
        case .credentials: "the address holds a user name or password"
        case .fragment: "the address has a part after #, which is never sent"
        case .noHost: "the address has no host"
        case .host: "the host of the address is not valid"
        case .ambiguousAddress:
            "the host of the address looks like a number, but is not an IPv4 address of four decimal parts"
        case .port: "the port of the address is not a number from 1 to 65535"
        case .character:
            "the address has a space, a quote, a control character, a backslash or a letter beyond ASCII"
        case .percentEncoding: "the address has a % that is not followed by two hexadecimal digits"
        }
    }

    /// What to write instead.
    package var remedy: String {
        switch code {
        case .length, .empty, .scheme, .noHost, .port: "Write an address such as \"https://example.com/mcp\""
        case .credentials: "Put credentials in headers, such as \"Authorization\""
        case .fragment: "Remove it, or write %23 for a # that counts"
        case .host:
            "Write a name of letters, digits, hyphens and dots (other names in their xn-- form), an IPv4 address, or "
                + "an IPv6 address in brackets"
        case .ambiguousAddress: "Write an IPv4 address such as 192.0.2.1"
        case .character: "Write such characters as %20, and other hosts in their xn-- form"
        case .percentEncoding: "Write %25 for a percent sign"
        }
    }
}

extension HTTPURLError: CustomStringConvertible {
    /// Both in one sentence, for the person who wrote the address.
    package var description: String { "\(problem): \(remedy.prefix(1).lowercased())\(remedy.dropFirst())" }
}
