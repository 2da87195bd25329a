import Crypto
package import MCPFrontEnd
package import ProxyConfiguration

/// The files of the listener's certificate, as they are at one moment.
package struct CertificateFiles: Sendable {
    /// Why the files cannot be used.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        /// Which file, what is wrong with it, and what to do.
        package let description: String
        /// Whether it is what the files hold, wherever they lie, and not that they cannot be read here.
        package let isOfContent: Bool
    }

    private static let maximumBytes = 4 << 20

    /// Ready to be shown to clients.
    package let certificate: ServingCertificate
    /// What there is to say although the files can be used.
    package let remarks: [String]
    /// Which bytes they are.
    let digest: [UInt8]

    /// Reads the files.
    ///
    /// - Parameter now: Seconds since 1970.
    /// - Throws: when they cannot be read or used, or the certificate is not in force.
    package init(_ settings: ListenerTLSSettings, at now: Int) throws(Fault) {
        let chain = try Self.read(settings.certificateFile, "certificateFile")
        let key = try Self.read(settings.keyFile, "keyFile")
        var authorities: [UInt8]?
        if let file = settings.clientCAFile { authorities = try Self.read(file, "clientCAFile").bytes }
        do throws(CertificateFault) {
            let made = try ServingCertificate(chain: chain.bytes, key: key.bytes, clientAuthorities: authorities)
            try made.check(at: now)
            certificate = made
        } catch {
            throw Fault(
                description: "\(Self.name(error.setting, in: settings)) \(error); \(error.remedy)", isOfContent: true)
        }
        remarks =
            key.isReadableByAll
            ? [
                "\(Self.name("keyFile", in: settings)) can be read by every user of this machine; "
                    + "take that away: chmod o-r"
            ] : []
        var hash = SHA256()
        for bytes in [chain.bytes, key.bytes, authorities ?? []] {
            hash.update(data: Array(SHA256.hash(data: bytes)))
        }
        digest = Array(hash.finalize())
    }

    private static func read(_ path: String, _ setting: String) throws(Fault) -> SmallFile {
        do throws(SmallFile.Fault) {
            return try SmallFile(path, atMost: maximumBytes)
        } catch {
            throw Fault(
                description: "mcpProxy.tls.\(setting) \"\(path)\" \(error); name a file that the "
                    + "user of mcp-proxy can read", isOfContent: false)
        }
    }

    private static func name(_ setting: String, in settings: ListenerTLSSettings) -> String {
        let path =
            switch setting {
            case "keyFile": settings.keyFile
            case "clientCAFile": settings.clientCAFile ?? ""
            default: settings.certificateFile
            }
        return "mcpProxy.tls.\(setting) \"\(path)\""
    }

    /// What an operator is to know of the files before the proxy is started: that they soon cannot be used, who else can
    /// read the key, or that they cannot be read by who asks.
    ///
    /// - Throws: when they hold what cannot be used anywhere.
    package static func remarks(on settings: ListenerTLSSettings, at now: Int? = nil) throws(Fault) -> [String] {
        let now = now ?? Int(WallClock.now)
        do throws(Fault) {
            let files = try CertificateFiles(settings, at: now)
            let expiry = CertificateExpiry.Stage(ends: files.certificate.ends, at: now)
            return files.remarks + [expiry.words(ends: files.certificate.ends)].compactMap(\.self)
        } catch {
            guard !error.isOfContent else { throw error }
            return [error.description]
        }
    }
}
