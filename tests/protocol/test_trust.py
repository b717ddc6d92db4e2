# SPDX-License-Identifier: GPL-3.0-or-later
"""Enrolment by a link that names HQ's private authority by its hash: the certificate comes over a
line that nobody vouches for, and nothing secret goes out before the hash does."""

import ssl
import unittest
import urllib.parse

import certificates
from hq import sha256
from receiver import HTML, Answer, Receiver
from tablet import Tablet
from test_client import DONE, NOT_ALL, NOT_REACHED, WRONG_USE

PEM = 'application/x-pem-file'
WELL_KNOWN = ['/v1/ca', '/v1/hello', '/v1/enrol']


def fingerprint(pem):
    return sha256(ssl.PEM_cert_to_DER_cert(pem))


class TrustByHash(unittest.TestCase):

    def setUp(self):
        self.afresh()

    def afresh(self):
        """An HQ behind TLS that shows its authority's certificate, and a tablet without any."""
        self.hq = Receiver()
        self.addCleanup(self.hq.close)
        self.tablet = Tablet()
        self.addCleanup(self.tablet.close)
        self.speak(certificates.HQ)
        self.shown = Answer(200, certificates.CA.encode(), PEM)
        self.hq.rules.append(lambda request: self.shown if request.path == '/v1/ca' else None)

    def speak(self, certificate):
        path = self.tablet.folder / 'server.pem'
        path.write_text(certificate)
        self.hq.use_certificate(path)

    def link(self, code, hashed=None):
        fields = {'u': self.hq.address(), 'c': code}
        if hashed:
            fields['ca'] = hashed
        return 'altm-field:enrol?' + urllib.parse.urlencode(fields)

    def enrol(self, hashed=None):
        self.code = self.hq.code()
        hashed = hashed or fingerprint(certificates.CA)
        return self.tablet.run('enrol', self.link(self.code, hashed))

    def asked(self):
        return [request.path for request in self.hq.requests]

    def assert_enrolled(self, done):
        self.assertEqual(done.returncode, DONE, done)
        self.assertEqual(self.asked(), WELL_KNOWN)

    def assert_refused(self, done, asked=('/v1/ca',)):
        """A reason is given, no more than `asked` was, and neither code nor name went out."""
        self.assertIn(done.returncode, (NOT_ALL, NOT_REACHED), done)
        self.assertRegex(done.stderr, r'^altm-fieldctl: [^\n]+\n$')
        self.assertEqual(self.asked(), list(asked))
        for request in self.hq.requests:
            self.assertEqual(request.body, b'')
            self.assertNotIn(self.code, str(request.headers) + request.url)
        self.assertIsNone(self.tablet.status()['device_id'])

    def test_right_hash(self):
        self.assert_enrolled(self.enrol())
        names = self.tablet.add(3)
        self.assertEqual(self.tablet.push().code, DONE)
        self.assertEqual({key[0] for key in self.hq.lines}, set(names))

    def test_certificate_is_asked_for_once_and_kept_with_the_store(self):
        self.enrol()
        self.tablet.add(1)
        self.assertEqual(self.tablet.push().code, DONE)
        self.assertEqual(self.asked().count('/v1/ca'), 1)
        self.assertEqual([path.name for path in self.tablet.store.glob('*.new')], [])

    def test_wrong_hash(self):
        for hashed in (fingerprint(certificates.OTHER_CA), '0' * 64, sha256(b''),
                       sha256(certificates.CA.encode())):
            self.afresh()
            self.assert_refused(self.enrol(hashed))

    def test_hash_that_is_none(self):
        right = fingerprint(certificates.CA)
        for hashed in ('x', right[:-1], right + '0', right[:-1] + 'g', '../../etc/passwd'):
            self.afresh()
            done = self.enrol(hashed)
            self.assertEqual(done.returncode, WRONG_USE, done)
            self.assertEqual(self.hq.requests, [])

    def test_links_that_are_none(self):
        for link in ('altm-field:', 'altm-field:enrol', 'altm-field:enrol?u=https://127.0.0.1',
                     'altm-field:enrol?c=AAAA-AAAA', 'altm-field:enrol?u=http://192.0.2.1&c=AAAA-AAAA',
                     'https://127.0.0.1/?u=x&c=AAAA-AAAA'):
            done = self.tablet.run('enrol', link)
            self.assertEqual(done.returncode, WRONG_USE, done)

    def test_link_without_a_hash_trusts_the_systems_authorities_alone(self):
        self.code = self.hq.code()
        done = self.tablet.run('enrol', self.link(self.code))
        self.assert_refused(done, asked=())

    def test_server_of_another_authority(self):
        """It shows the right certificate, as anybody can, and is not of its issuing."""
        self.speak(certificates.IMPOSTOR)
        self.assert_refused(self.enrol())

    def test_server_of_another_name(self):
        self.speak(certificates.ELSEWHERE)
        self.assert_refused(self.enrol())

    def test_server_whose_certificate_has_expired(self):
        self.speak(certificates.EXPIRED)
        self.shown = Answer(200, certificates.OLD_CA.encode(), PEM)
        self.assert_refused(self.enrol(fingerprint(certificates.OLD_CA)))

    def test_second_certificate_is_not_trusted(self):
        """One who sits in between adds an authority of his own to the right one."""
        both = (certificates.CA + certificates.OTHER_CA).encode()
        self.speak(certificates.IMPOSTOR)
        self.shown = Answer(200, both, PEM)
        self.assert_refused(self.enrol())

    def test_second_certificate_is_not_kept(self):
        self.shown = Answer(200, (certificates.CA + certificates.OTHER_CA).encode(), PEM)
        self.assert_enrolled(self.enrol())
        self.tablet.add(1)
        self.speak(certificates.IMPOSTOR)
        self.hq.requests.clear()
        self.assertEqual(self.tablet.push().code, NOT_REACHED)
        self.assertEqual(self.hq.requests, [])

    def test_right_certificate_behind_another(self):
        self.shown = Answer(200, (certificates.OTHER_CA + certificates.CA).encode(), PEM)
        self.assert_refused(self.enrol())

    def test_answers_that_are_no_certificate(self):
        torn = certificates.CA[:200]
        der = ssl.PEM_cert_to_DER_cert(certificates.CA)
        for answer in (Answer(200, b'', PEM), Answer(200, HTML, 'text/html'), Answer(200, {}),
                       Answer(200, torn.encode(), PEM), Answer(200, der, 'application/pkix-cert'),
                       Answer(200, certificates.CA.encode(), PEM, cut=100),
                       Answer(404), Answer(500, HTML, 'text/html'),
                       Answer(302, Location=self.hq.address() + '/v1/other'),
                       Answer(204), Answer(201, certificates.CA.encode(), PEM)):
            with self.subTest(status=answer.status, body=answer.body[:20]):
                self.afresh()
                self.shown = answer
                self.assert_refused(self.enrol())

    def test_ten_megabytes_of_certificates(self):
        """Even where the first one is right, that is no authority's certificate."""
        once = certificates.CA.encode()
        self.shown = Answer(200, once * (10_000_000 // len(once)), PEM)
        self.assert_refused(self.enrol())

    def test_earlier_authority_survives_a_refused_enrolment(self):
        self.enrol()
        self.shown = Answer(200, certificates.OTHER_CA.encode(), PEM)
        done = self.tablet.run('enrol', self.link(self.hq.code(), '0' * 64))
        self.assertEqual(done.returncode, NOT_ALL, done)
        self.tablet.add(2)
        self.assertEqual(self.tablet.push().code, DONE)


if __name__ == '__main__':
    unittest.main()
