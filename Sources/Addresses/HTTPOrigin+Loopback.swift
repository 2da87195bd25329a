extension HTTPOrigin {
    /// Whether only this machine can be meant: what is said to it needs no TLS.
    package var isLoopback: Bool {
        switch host {
        case .name(let name): name == "localhost"
        case .address(let address): address.isThisMachine && !address.isUnspecified
        }
    }
}
