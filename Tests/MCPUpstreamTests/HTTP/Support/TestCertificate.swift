import NIOSSL

/// Certificates that nobody trusts, valid until 2126, made with
/// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500`.
struct TestCertificate {
    let certificate: String
    let key: String

    /// For localhost and 127.0.0.1.
    static let localhost = TestCertificate(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBnDCCAUGgAwIBAgIUO1FW8z2jQwT4NaU3SGPtftzl2fgwCgYIKoZIzj0EAwIw
            FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzEzMDAzM1oYDzIxMjYxMDMw
            MTMwMDMzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
            PQMBBwNCAAShw+yVkj85hmABg+N8sO6zAKFuFo8Ba9HHADXnuRDhr1MbmmNr9f/l
            9DpmFWVHvOmxa7OfdTrTg+8nq+gPIZzMo28wbTAdBgNVHQ4EFgQUtOkP7FnibHCR
            QmzNGtvmExXL6AowHwYDVR0jBBgwFoAUtOkP7FnibHCRQmzNGtvmExXL6AowDwYD
            VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
            zj0EAwIDSQAwRgIhANeJe1/w8kb5H4DK+SXcWvJ5bfyX+1L8qCh4c5tDevNzAiEA
            3LmcnEhaJ7h37zJB85p5JH0nw018GxrlPStmxwc7WeY=
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiWRjag1mKVBp2bSL
            +MKIPGanWu6h05dKJ/kxyvBa7HGhRANCAAShw+yVkj85hmABg+N8sO6zAKFuFo8B
            a9HHADXnuRDhr1MbmmNr9f/l9DpmFWVHvOmxa7OfdTrTg+8nq+gPIZzM
            -----END PRIVATE KEY-----
            """
    )

    /// For other.example.
    static let other = TestCertificate(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBoTCCAUegAwIBAgIUPOpMs9LIekogGp//swfK4jvyLUQwCgYIKoZIzj0EAwIw
            GDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjMxMzAwMzNaGA8yMTI2
            MTAzMDEzMDAzM1owGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
            AgEGCCqGSM49AwEHA0IABBsreTdYI2Cdwp9l2u3Pcsye9foDS9BVDai/GajsghDw
            yjx3CzhHERA3/0CpQXA7d8Nn2F7vncBHu7r57a5vKXOjbTBrMB0GA1UdDgQWBBT9
            9URl5HW68srq1wjHsLrodzcESzAfBgNVHSMEGDAWgBT99URl5HW68srq1wjHsLro
            dzcESzAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDW90aGVyLmV4YW1wbGUw
            CgYIKoZIzj0EAwIDSAAwRQIhAIX5EGwkyyr2h2/8hSsGe6XJ/u0Zf7W/OWPyajKO
            Bs+FAiBO/CaqSxkg1o6O/lzju1WuABfCEkP6G7SmjVO08/3ozA==
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXro/yriG+6yaRIS8
            JNNSt4hjwwKGOzcyDzkh65S7GtKhRANCAAQbK3k3WCNgncKfZdrtz3LMnvX6A0vQ
            VQ2ovxmo7IIQ8Mo8dws4RxEQN/9AqUFwO3fDZ9he753AR7u6+e2ubylz
            -----END PRIVATE KEY-----
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
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)))
        return try NIOSSLContext(configuration: configuration)
    }
}
