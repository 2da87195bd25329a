import NIOSSL

/// Certificates that nobody trusts, valid until 2126, made with
/// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500`.
struct TestCertificate {
    let certificate: String
    private let key: String

    /// - Parameters: Both in base64, as they stand between the lines that begin and end them in a file.
    private init(certificate: String, key: String) {
        self.certificate = Self.pem("CERTIFICATE", certificate)
        self.key = Self.pem("PRIVATE KEY", key)
    }

    private static func pem(_ kind: String, _ text: String) -> String {
        "-----BEGIN \(kind)-----\n\(text)\n-----END \(kind)-----\n"
    }

    /// For localhost and 127.0.0.1.
    static let localhost = TestCertificate(
        certificate: """
            MIIBnDCCAUGgAwIBAgIUO1FW8z2jQwT4NaU3SGPtftzl2fgwCgYIKoZIzj0EAwIw
            FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzEzMDAzM1oYDzIxMjYxMDMw
            MTMwMDMzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
            PQMBBwNCAAShw+yVkj85hmABg+N8sO6zAKFuFo8Ba9HHADXnuRDhr1MbmmNr9f/l
            9DpmFWVHvOmxa7OfdTrTg+8nq+gPIZzMo28wbTAdBgNVHQ4EFgQUtOkP7FnibHCR
            QmzNGtvmExXL6AowHwYDVR0jBBgwFoAUtOkP7FnibHCRQmzNGtvmExXL6AowDwYD
            VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
            zj0EAwIDSQAwRgIhANeJe1/w8kb5H4DK+SXcWvJ5bfyX+1L8qCh4c5tDevNzAiEA
            3LmcnEhaJ7h37zJB85p5JH0nw018GxrlPStmxwc7WeY=
            """,
        key: """
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiWRjag1mKVBp2bSL
            +MKIPGanWu6h05dKJ/kxyvBa7HGhRANCAAShw+yVkj85hmABg+N8sO6zAKFuFo8B
            a9HHADXnuRDhr1MbmmNr9f/l9DpmFWVHvOmxa7OfdTrTg+8nq+gPIZzM
            """
    )

    /// For other.example.
    static let other = TestCertificate(
        certificate: """
            MIIBoTCCAUegAwIBAgIUPOpMs9LIekogGp//swfK4jvyLUQwCgYIKoZIzj0EAwIw
            GDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjMxMzAwMzNaGA8yMTI2
            MTAzMDEzMDAzM1owGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
            AgEGCCqGSM49AwEHA0IABBsreTdYI2Cdwp9l2u3Pcsye9foDS9BVDai/GajsghDw
            yjx3CzhHERA3/0CpQXA7d8Nn2F7vncBHu7r57a5vKXOjbTBrMB0GA1UdDgQWBBT9
            9URl5HW68srq1wjHsLrodzcESzAfBgNVHSMEGDAWgBT99URl5HW68srq1wjHsLro
            dzcESzAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDW90aGVyLmV4YW1wbGUw
            CgYIKoZIzj0EAwIDSAAwRQIhAIX5EGwkyyr2h2/8hSsGe6XJ/u0Zf7W/OWPyajKO
            Bs+FAiBO/CaqSxkg1o6O/lzju1WuABfCEkP6G7SmjVO08/3ozA==
            """,
        key: """
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXro/yriG+6yaRIS8
            JNNSt4hjwwKGOzcyDzkh65S7GtKhRANCAAQbK3k3WCNgncKfZdrtz3LMnvX6A0vQ
            VQ2ovxmo7IIQ8Mo8dws4RxEQN/9AqUFwO3fDZ9he753AR7u6+e2ubylz
            """
    )

    /// For the address 127.0.0.1 and no name; the common name, which does not count, is good.example.
    static let addressOnly = TestCertificate(
        certificate: """
            MIIBlTCCATygAwIBAgIUdAuB7SaY44G8CXbuWRHKNucb6fowCgYIKoZIzj0EAwIw
            FzEVMBMGA1UEAwwMZ29vZC5leGFtcGxlMCAXDTI2MTEyODE1MDYxNloYDzIxMjYx
            MTA0MTUwNjE2WjAXMRUwEwYDVQQDDAxnb29kLmV4YW1wbGUwWTATBgcqhkjOPQIB
            BggqhkjOPQMBBwNCAASF1JMIETYly/+q0kWn0feh9tunYxZMjNaTFTdNbPchTZKl
            czz8YM2zlgDC4rHMPADa6sXDp+NaEvgFAOouqnNoo2QwYjAdBgNVHQ4EFgQULBA+
            pG2vLJunCp7umgiZ5ToT94AwHwYDVR0jBBgwFoAULBA+pG2vLJunCp7umgiZ5ToT
            94AwDwYDVR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMC
            A0cAMEQCIAftfupsl5ZeHQaZdajhM91uWWi92MC6bsB+OzCCoyaBAiAkdtVNU0to
            bIJB4NE1aTbuUENZgtP3HP1lioZ6I8Ixuw==
            """,
        key: """
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgU+jXLSw21tEQuhMk
            oeqkSoj7WsdxpGa+clhxhX30t7ehRANCAASF1JMIETYly/+q0kWn0feh9tunYxZM
            jNaTFTdNbPchTZKlczz8YM2zlgDC4rHMPADa6sXDp+NaEvgFAOouqnNo
            """
    )

    /// For *.good.example, and for w*.other.example, which is for nobody.
    static let wildcard = TestCertificate(
        certificate: """
            MIIBrDCCAVGgAwIBAgIUQiE7DxARqW5E1n/nHiKp4gNCwbswCgYIKoZIzj0EAwIw
            EzERMA8GA1UEAwwId2lsZGNhcmQwIBcNMjYxMTI4MTUwNjE2WhgPMjEyNjExMDQx
            NTA2MTZaMBMxETAPBgNVBAMMCHdpbGRjYXJkMFkwEwYHKoZIzj0CAQYIKoZIzj0D
            AQcDQgAEQ17Gp8mgquznppzfviESig/Ap+gkbJLaxJUdZkrEavw75eXiTd+Fvszs
            NwDdYzKyPshGsw4EbgxtDeTzIpjcfqOBgDB+MB0GA1UdDgQWBBTl0RV7Jv596CDo
            0fReBBt8Pf0GMzAfBgNVHSMEGDAWgBTl0RV7Jv596CDo0fReBBt8Pf0GMzAPBgNV
            HRMBAf8EBTADAQH/MCsGA1UdEQQkMCKCDiouZ29vZC5leGFtcGxlghB3Ki5vdGhl
            ci5leGFtcGxlMAoGCCqGSM49BAMCA0kAMEYCIQDs4xi4Sc0AbrFixCMa2bgavbQG
            uEWQyp/47cThddE4OQIhAP+nJgC1qpA8V6/CWN2/kqDZZUl8s0c1qBi7b33TQydf
            """,
        key: """
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqxUe8CXzerKEa6bs
            TLM74rJ7qTJefGv0a2WYcFRYrKyhRANCAARDXsanyaCq7OemnN++IRKKD8Cn6CRs
            ktrElR1mSsRq/Dvl5eJN34W+zOw3AN1jMrI+yEazDgRuDG0N5PMimNx+
            """
    )

    /// For good.example in the common name alone, which does not count.
    static let commonNameOnly = TestCertificate(
        certificate: """
            MIIBhTCCASugAwIBAgIUNt2wCok56YSgPnchJFbSQIYDkfUwCgYIKoZIzj0EAwIw
            FzEVMBMGA1UEAwwMZ29vZC5leGFtcGxlMCAXDTI2MTEyODE1MDYxN1oYDzIxMjYx
            MTA0MTUwNjE3WjAXMRUwEwYDVQQDDAxnb29kLmV4YW1wbGUwWTATBgcqhkjOPQIB
            BggqhkjOPQMBBwNCAARyyV+9AK4duu5x2f5wlluiUnjwVgboc5xiCpDgMxD8xIjc
            w11x5I/VMU8bjEpZ2i926blAwWkpLSokjRtoDnNjo1MwUTAdBgNVHQ4EFgQUti5F
            b58Fes2tRKEle/yIPWuGEFswHwYDVR0jBBgwFoAUti5Fb58Fes2tRKEle/yIPWuG
            EFswDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBhwwg+ZfeDlBDT
            heKcHXOFjyv9J/O7FLrs7eWGnMAMlwIhAInkW5V8svnOkqLsLqPX7Ph73dm0BNhD
            zcSrsc8B9HCS
            """,
        key: """
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYlH4zAFdaEfBa0mi
            1mERPetPuhcS0IsALWf4YdHlFFahRANCAARyyV+9AK4duu5x2f5wlluiUnjwVgbo
            c5xiCpDgMxD8xIjcw11x5I/VMU8bjEpZ2i926blAwWkpLSokjRtoDnNj
            """
    )

    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    }

    /// A client's context that trusts this certificate.
    func clientContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        // As in the program: who the certificate is for is not left to NIOSSL.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)))
        return try NIOSSLContext(configuration: configuration)
    }
}
