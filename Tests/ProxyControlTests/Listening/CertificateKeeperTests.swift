import Logging
import MCPFrontEnd
import MCPTestSupport
import ProxyConfiguration
import Synchronization
import Testing

@testable import ProxyControl

@Suite struct CertificateKeeperTests {
    private let folder: TemporaryDirectory
    private let log = LineLog()

    init() throws {
        folder = try TemporaryDirectory()
        try write(CertificateText.named, CertificateText.key)
    }

    private func write(_ certificate: String, _ key: String) throws {
        try folder.write(certificate, to: "crt")
        try folder.write(key, to: "key")
        try folder.set(0o600, of: "key")
    }

    private var files: ListenerTLSSettings {
        ListenerTLSSettings(certificateFile: "\(folder.path)/crt", keyFile: "\(folder.path)/key")
    }

    /// When the certificates of the tests are in force.
    private static let inForce = 1_800_000_000

    private func keeper(now: @escaping @Sendable () -> Int = { Self.inForce }) throws -> CertificateKeeper {
        try CertificateKeeper(files, now: now, logger: log.logger)
    }

    private func identity(_ keeper: CertificateKeeper) -> ObjectIdentifier { keeper.tls.current.identity }

    @Test("A reload shows clients what the files have, and tells of it once")
    func reload() throws {
        let keeper = try keeper()
        let first = identity(keeper)
        keeper.reloading()
        #expect(identity(keeper) == first && log.messages.isEmpty)
        try write(CertificateText.odd, CertificateText.key)
        keeper.reloading()
        #expect(identity(keeper) != first)
        #expect(log.messages == ["clients are shown a new certificate"])
    }

    @Test("What cannot be used changes nothing, is told once, and is tried again when it may help")
    func refused() throws {
        let now = Mutex(Self.inForce)
        let keeper = try keeper { now.withLock { $0 } }
        let first = identity(keeper)
        try write(CertificateText.named, CertificateText.otherKey)
        keeper.look()
        #expect(log.messages.isEmpty, "a file that is being written was read")
        for _ in 0..<3 { keeper.look() }
        #expect(identity(keeper) == first)
        #expect(log.messages == ["the new certificate cannot be shown to clients; the one before stays"])
        try folder.write(CertificateText.key, to: "key")
        for _ in 0..<3 { keeper.look() }
        #expect(identity(keeper) == first && log.messages.count == 1, "it is as it was before")
    }

    @Test("A certificate that ends is told of while it serves")
    func expiry() throws {
        let now = Mutex(Self.inForce)
        let keeper = try keeper { now.withLock { $0 } }
        keeper.look()
        #expect(log.messages.isEmpty)
        now.withLock { $0 = 4_922_899_200 - 60 }
        for _ in 0..<3 { keeper.look() }
        now.withLock { $0 = 4_922_899_200 + 60 }
        for _ in 0..<3 { keeper.look() }
        #expect(log.messages.count == 2)
        #expect(log.messages.first?.contains("ends 2126-01-01") == true)
        #expect(log.messages.last?.contains("has ended") == true)
    }

    @Test("A certificate that is not in force stops the start, with the file and what to do")
    func start() throws {
        let late = #expect(throws: CertificateFiles.Fault.self) { try keeper { 4_922_899_201 } }
        #expect(late?.description.contains("crt\" holds a certificate that has expired") == true)
        #expect(late?.description.contains("renew the certificate") == true)
    }

    @Test("A key that every user can read is told of")
    func readable() throws {
        try folder.set(0o644, of: "key")
        _ = try keeper()
        #expect(log.messages.first?.contains("can be read by every user of this machine") == true)
    }
}
