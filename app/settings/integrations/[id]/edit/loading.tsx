export { FormSkeleton as default } from '../../form/form-skeleton'
