/// Why a text is not a network of IP addresses.
package struct AddressNetworkError: Error, Sendable, Equatable {
    /// What is wrong with the text.
    package enum Code: Sendable, Equatable {
        case notAnAddress
        case prefix
        /// With the network in the form that counts the bits of IPv4.
        case ipv4InIPv6Form(String)
        /// With what was probably meant.
        case bitsBeyondPrefix(String)
    }

    package let code: Code
    /// What was read.
    package let text: String

    package init(_ code: Code, _ text: String) {
        self.code = code
        self.text = text
    }

    /// What is wrong, as a part of a sentence, without the text: somebody may have put a secret in the wrong place.
    package var problem: String {
        switch code {
        case .notAnAddress: "this is not an address or a network; names of hosts are not supported"
        case .prefix: "the number after / is not one from 0 to 32, or to 128 behind an IPv6 address"
        case .ipv4InIPv6Form: "this is a network of IPv4 addresses in the form of IPv6"
        case .bitsBeyondPrefix: "the address has bits beyond those that the number after / lets count"
        }
    }

    /// What to write instead.
    package var remedy: String {
        switch code {
        case .notAnAddress, .prefix: #"Write "10.0.0.0/8", "192.168.1.20", "::1" or "fd00::/8""#
        case .ipv4InIPv6Form(let network): "Write \"\(network)\""
        case .bitsBeyondPrefix(let network): "Write \"\(network)\", or the address alone"
        }
    }
}

extension AddressNetworkError: CustomStringConvertible {
    /// All of it in one sentence, for the person who wrote the network.
    package var description: String {
        "\"\(text)\": \(problem): \(remedy.prefix(1).lowercased())\(remedy.dropFirst())"
    }
}
