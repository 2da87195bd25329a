/// Says why a guard lets nobody connect to an address.
package struct ForbiddenAddress: Error, Sendable, Equatable {
    /// Says what was looked at.
    package enum Subject: Sendable, Equatable {
        /// The URL alone, which its author knows.
        case url
        /// An address, which its author knows only when the URL holds it: what a name stands for is the operator's
        /// network.
        case address
    }

    package let subject: Subject
    /// What the address is and what the operator would configure to allow it.
    package let reason: String

    init(_ subject: Subject, _ reason: String) {
        self.subject = subject
        self.reason = reason
    }
}

extension ForbiddenAddress: CustomStringConvertible {
    package var description: String { reason }
}
