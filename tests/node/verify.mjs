// node verify.mjs <credential.json> <did-document.json>
// Prints {"verified": bool, "error": string | null}. Contexts come from the repository, keys from the given DID document.
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const CONTEXTS = join(dirname(fileURLToPath(import.meta.url)), '../../badges/openbadges/data/contexts');
const FILES = {
  'https://www.w3.org/ns/credentials/v2': 'credentials-v2.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json': 'ob-3.0.3.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json': 'ob-extensions.json',
  'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json': 'clr-2.0.1.json',
  'https://w3id.org/security/data-integrity/v2': 'data-integrity-v2.json',
  'https://w3id.org/security/multikey/v1': 'multikey-v1.json',
  'https://www.w3.org/ns/did/v1': 'did-v1.json'
};
const MULTIKEY_CONTEXT = 'https://w3id.org/security/multikey/v1';

const readJson = path => JSON.parse(readFileSync(path, 'utf8'));
const [credentialPath, didDocumentPath] = process.argv.slice(2);
const credential = readJson(credentialPath);
const didDocument = readJson(didDocumentPath);

const documentLoader = async url => {
  let document;
  if(FILES[url]) {
    document = readJson(join(CONTEXTS, FILES[url]));
  } else if(url === didDocument.id) {
    document = didDocument;
  } else {
    const method = didDocument.verificationMethod.find(({id}) => id === url);
    if(!method) {
      throw new Error(`Not available: ${url}`);
    }
    document = {'@context': MULTIKEY_CONTEXT, ...method};
  }
  return {contextUrl: null, documentUrl: url, document};
};

// Only ever called for a credential with a status; the status list has its own tests.
const checkStatus = async () => ({verified: true});
const suite = new DataIntegrityProof({cryptosuite});
let answer;
try {
  // Reading the key apart shows a damaged Multikey as such.
  await Ed25519Multikey.from(didDocument.verificationMethod.find(({type}) => type !== 'JsonWebKey'));
  const {verified, error} = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  const causes = error?.errors?.map(({name, message}) => `${name}: ${message}`) ?? [];
  answer = {verified, error: verified ? null : [error?.message ?? 'unknown', ...causes].join(' | ')};
} catch(error) {
  answer = {verified: false, error: `${error.name}: ${error.message}`};
}
console.log(JSON.stringify(answer));
