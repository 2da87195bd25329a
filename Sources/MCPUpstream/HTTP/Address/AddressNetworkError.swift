/// Why a text is not a network of IP addresses.
package struct AddressNetworkError: Error, Sendable, Equatable {
    /// What is wrong with the text.
    package enum Code: Sendable, Equatable {
        case notAnAddress
        case prefix
        /// With what was probably meant.
        case bitsBeyondPrefix(String)
    }

    package let code: Code
    /// What was read.
    package let text: String

    init(_ code: Code, _ text: String) {
        self.code = code
        self.text = text
    }
}

extension AddressNetworkError: CustomStringConvertible {
    /// A sentence for the person who wrote the network.
    package var description: String {
        switch code {
        case .notAnAddress:
            "\"\(text)\" is not an IP address or a network: write it like 192.0.2.1, 10.0.0.0/8, ::1 or fd00::/8."
        case .prefix:
            "\"\(text)\" has a wrong prefix length: write a number up to 32 behind an IPv4 address, "
                + "up to 128 behind an IPv6 address."
        case .bitsBeyondPrefix(let network):
            "\"\(text)\" does not say which network is meant, because bits beyond its prefix are set: "
                + "write \(network), or the address alone."
        }
    }
}
